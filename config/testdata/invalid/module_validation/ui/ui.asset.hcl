variable "size" {
  type = number
  validation {
    condition     = var.size > 5
    error_message = "Too small."
  }
}
