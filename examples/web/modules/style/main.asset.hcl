variable "mood" {
  type        = string
  description = "Mood of the site"

  validation {
    condition     = contains(["calm", "lively"], var.mood)
    error_message = "The mood is calm or lively."
  }
}

locals {
  moods = {
    calm   = "flat illustration, muted teal and sand"
    lively = "bold flat shapes, orange and blue"
  }
}

output "direction" {
  description = "Ends every prompt of the site"
  value       = local.moods[var.mood]
}
