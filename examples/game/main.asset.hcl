# A small game: a hero, the items of a table, a duel, a poster and three films.
# What the game ships of it is in finished.asset.hcl, who draws in
# provider.asset.hcl.

assetform {
  required_version = ">= 0.1.0"

  budget { # a plan above this is refused before anything is spent
    image_credits = 40
    videos        = 5
  }
}

variable "style" {
  type        = string
  default     = "painterly, warm rim light"
  description = "Art direction shared by every asset"

  validation {
    condition     = length(var.style) > 0
    error_message = "The style must not be empty."
  }
}

locals {
  items = csvdecode(file("data/items.csv"))
}

# The hero. Everything that shows her takes this picture as its reference, so
# that she looks the same everywhere.
image "knight" {
  prompt       = "A knight in worn plate armour with a red cape, full figure, ${var.style}"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = 7
  output       = "art/knight.png"

  lifecycle {
    prevent_destroy = true
  }
}

# One icon for each line of the table, on a ground that can be cut away.
image "icon" {
  for_each     = { for item in local.items : item.id => item }
  prompt       = "Game icon of ${each.value.description}, ${each.value.colour}, whole, on a plain white ground"
  aspect_ratio = "square"
  output       = "art/icons/${each.key}.png"
}

image "bridge" {
  prompt = "A stone bridge over a gorge in the mountains, misty morning, ${var.style}"
  seed   = 12
  output = "art/bridge.png"
}

image "duel" {
  prompt     = "The knight duels a red dragon on the bridge at sunset, ${var.style}"
  references = [image.knight, image.bridge]
  output     = "art/duel.png"
}

# A recipe: what, where and in which manner.
image "poster" {
  subject = image.knight
  scene   = image.bridge
  style   = image.duel
  prompt  = "The last bridge"
  output  = "art/poster.jpg"
}

video "idle" {
  prompt = "The mist drifts, the knight breathes, her cape moves"
  image  = image.duel
  loop   = true
  output = "page/assets/idle.mp4"
}

video "reveal" {
  prompt      = "The camera pushes from the empty bridge to the duel"
  start_image = image.bridge
  end_image   = image.duel
  output      = "video/reveal.mp4"
}

video "walk" {
  prompt          = "The knight walks through rain at night"
  reference_image = image.knight
  aspect_ratio    = "portrait"
  output          = "video/walk.mp4"
}

output "icons" {
  description = "Paths for the game's asset table"
  value       = { for id, icon in variant.icon : id => icon.path }
}
