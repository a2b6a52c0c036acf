variable "n" {
  type    = object({ name = string, size = optional(number, 3) })
  default = { size = 3 } # ERROR: Invalid default for variable
}
