variable "n" {
  nullable = false
  default  = null # ERROR: Invalid default for variable
}
