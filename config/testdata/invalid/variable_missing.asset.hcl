variable "style" { # ERROR: Missing value for variable
  type = string
}
