variable "language" {
  type = string
}

variable "texts" {
  type = map(string)
}

variable "direction" {
  type = string
}

image "badge" {
  for_each     = var.texts
  prompt       = "Round icon badge that says \"${each.value}\" in ${upper(var.language)}, ${var.direction}"
  aspect_ratio = "square"
  output       = "../../public/badges/${var.language}-${each.key}.png"
}

output "paths" {
  value = { for name, badge in image.badge : name => badge.path }
}
