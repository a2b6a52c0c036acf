variable "style" {
  type    = strin # ERROR: Invalid type specification
  default = "x"
}
