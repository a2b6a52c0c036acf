variable "style" {
  type        = string
  default     = "painterly, warm rim light"
  description = "Art direction shared by every asset"
}

variable "imaginator_key" {
  type      = string
  sensitive = true
}

provider "imaginator" {
  api_key = var.imaginator_key
}

image "castle" {
  prompt = "A castle on a cliff, ${var.style}"
  output = "art/castle.png"
}
