from_auto = [1, "2"]
both      = "hcl"
secret    = "hunter2"
strict    = null
