# Three assets: a picture, a second one that takes the first as its reference,
# and a short film that takes the second. No provider block: the embedded local
# engine draws sketches, without key, network or cost.

variable "style" {
  type        = string
  default     = "painterly, warm rim light"
  description = "Art direction shared by every asset"
}

image "castle" {
  prompt       = "A castle on a cliff above the sea at sunset, ${var.style}"
  aspect_ratio = "landscape"
  seed         = 7
  output       = "art/castle.png"
}

image "knight" {
  prompt       = "A knight before the castle at sunset, ${var.style}"
  references   = [image.castle]
  aspect_ratio = "portrait"
  seed         = 3
  output       = "art/knight.jpg"
}

video "flight" {
  prompt = "Slow flight towards the castle, birds in the sky"
  image  = image.castle
  loop   = true
  output = "video/flight.mp4"
}

output "files" {
  value = [image.castle.path, image.knight.path, video.flight.path]
}
