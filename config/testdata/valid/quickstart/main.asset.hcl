assetform {
  required_version = ">= 0.1.0"
  budget {
    image_credits = 200
    videos        = 10
  }
}
provider "imaginator" {
  base_url       = "https://imaginator.mat3u.com/api/v1/"
  api_key        = var.key
  max_concurrent = 5
}
variable "key" {
  type      = string
  sensitive = true
}
variable "style" {
  type        = string
  default     = "painterly, warm rim light"
  description = "Art direction"
  validation {
    condition     = length(var.style) > 0
    error_message = "The style must not be empty."
  }
}
locals { items = csvdecode(file("items.csv")) }
defaults "image" { aspect_ratio = "landscape" }
image "knight" {
  prompt       = "A knight in worn plate armour, ${var.style}"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = 7
  output       = "art/knight.png"
}
image "icon" {
  for_each     = { for i in local.items : i.id => i }
  prompt       = "Game icon of ${each.value.description}, ${var.style}"
  output       = "art/icons/${each.key}.png"
  aspect_ratio = "square"
}
image "duel" {
  prompt     = "The knight duels a dragon on a bridge"
  references = [image.knight, "refs/dragon.png"]
  output     = "art/duel.png"
}
image "poster" {
  subject = image.knight
  scene   = "refs/castle.png"
  output  = "art/poster.png"
}
video "intro" {
  prompt = "Drone flight over a burning castle"
  output = "video/intro.mp4"
}
video "idle" {
  prompt = "The knight breathes"
  image  = image.knight
  loop   = true
  output = "video/idle.mp4"
}
video "reveal" {
  prompt      = "Camera pushes through the gate"
  start_image = image.duel
  end_image   = image.poster
  output      = "video/reveal.mp4"
}
video "walk" {
  prompt          = "The knight walks in rain"
  reference_image = image.knight
  aspect_ratio    = "portrait"
  output          = "video/walk.mp4"
}
output "knight_path" { value = image.knight.path }
