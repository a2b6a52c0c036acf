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
  prompt       = "Round icon badge that says \"${each.value}\" in ${upper(var.language)}, on a plain white ground, ${var.direction}"
  aspect_ratio = "square"
  output       = "../../art/badges/${var.language}-${each.key}.png"
}

variant "badge" {
  for_each = image.badge
  source   = each.value
  trim     = true
  width    = 160
  height   = 160
  fit      = "contain"
  palette  = 128
  alt      = var.texts[each.key]
  output   = "../../public/badges/${var.language}-${each.key}.png"

  cutout {}
}

output "badges" {
  value = variant.badge
}
