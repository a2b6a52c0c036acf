variable "n" {
  default   = "x"
  sensitive = "perhaps" # ERROR: Invalid value of sensitive
}
