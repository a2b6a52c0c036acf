variable "n" {
  default = ""
  validation {
    condition     = "perhaps" # ERROR: Invalid value of condition
    error_message = "Must not be empty."
  }
}
