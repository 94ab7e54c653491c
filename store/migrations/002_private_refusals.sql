-- A refused file is opened again the next time it turns up: refusals are quick, and newer readers may read it.
DROP TABLE refusal;
