"""The wording of letters, one template file each: a clerk may put an edited copy under the same name into `DIR/templates`."""
