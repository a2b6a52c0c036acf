variable "n" {
  default = ""
  validation {
    condition     = length(var.n) > 0 # ERROR: Invalid value for variable
    error_message = "Must not be empty."
  }
}
