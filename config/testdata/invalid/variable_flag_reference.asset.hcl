locals { yes = true }
variable "n" {
  default   = "x"
  sensitive = local.yes # ERROR: Constant value required
}
