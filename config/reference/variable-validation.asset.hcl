variable "languages" {
  type    = list(string)
  default = ["en", "de"]

  validation {
    condition     = alltrue([for l in var.languages : length(l) == 2])
    error_message = "Languages are two letters each, such as \"en\"."
  }
}
