n     = "many" # ERROR: Invalid value for variable
style = var.n # ERROR: Value is not constant
