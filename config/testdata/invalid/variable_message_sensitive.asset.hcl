variable "n" {
  default   = "hunter2"
  sensitive = true
  validation {
    condition     = var.n == "x" # ERROR: Invalid value for variable
    error_message = "Found ${var.n}." # ERROR: Sensitive value in message
  }
}
