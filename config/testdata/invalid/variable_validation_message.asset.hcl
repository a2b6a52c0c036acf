variable "n" {
  default = ""
  validation { # ERROR: Missing required argument
    condition = false
  }
}
