# A small shop's site: what is generated is in art/, and public/ has what is
# served, the page too.

locals {
  site = yamldecode(file("site.yaml"))

  # What the page shows of a hero, and in which widths a browser can have it.
  heroes = {
    wide = { ratio = "landscape", width = 1344, height = 672, focus = [0.5, 0], widths = [672, 800, 1344] }
    tall = { ratio = "portrait", width = 768, height = 960, focus = [0.5, 0.6], widths = [384, 576, 768] }
  }
}

variable "poster_at" {
  type        = number
  default     = null
  description = "Which second of the film is its poster, taken by ffmpeg. Without it the poster is the picture that the film begins with"
}

defaults "image" {
  model = "nano_banana"
}

image "hero" {
  for_each     = local.heroes
  prompt       = "${local.site.hero}, ${module.style.direction}"
  aspect_ratio = each.value.ratio
  seed         = 21
  output       = "art/hero-${each.key}.png"
}

image "product" {
  for_each     = local.site.products
  prompt       = "${each.value.prompt} on a plain sand ground, ${module.style.direction}"
  aspect_ratio = "square"
  seed         = 4
  output       = "art/product-${each.key}.png"

  lifecycle {
    postcondition {
      condition     = self.width >= 960 && self.bytes < 8000000
      error_message = "The picture of a product must be sharp and below 8 MB."
    }
  }
}

image "counter" {
  prompt = "${local.site.products.bag.prompt} on a plain teal ground, ${module.style.direction}"
  seed   = 4
  output = "art/counter.png"
}

video "product" {
  prompt = "The camera moves slowly around the product"
  image  = image.counter
  loop   = true
  output = "public/product.mp4"
}

image "mark" {
  prompt       = "A flat logo of a boat on a plain teal ground, ${module.style.direction}"
  aspect_ratio = "square"
  seed         = 2
  output       = "art/mark.png"
}

# The art direction is kept in one place and shared with other sites.
module "style" {
  source = "./modules/style"
  mood   = local.site.mood
}

# One set of badges for each language.
module "badges" {
  source   = "./modules/badges"
  for_each = local.site.languages

  language  = each.key
  texts     = each.value
  direction = module.style.direction
}
