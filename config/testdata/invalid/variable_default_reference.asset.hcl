variable "a" { default = "x" }
variable "b" {
  default = var.a # ERROR: Default is not constant
}
