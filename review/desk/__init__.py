"""The desk's own pages: 今日, 队列, 一个项目, 补正通知, 来件, and what a clerk does on them."""
