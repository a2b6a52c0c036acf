# The pictures of a small shop: a hero in three ratios, a product video and a
# localised set of badges from a module.

locals {
  site = yamldecode(file("site.yaml"))

  # The width a page asks for decides the ratio that is generated.
  ratios = {
    desktop = "landscape"
    phone   = "portrait"
    share   = "square"
  }
}

defaults "image" {
  model = "nano_banana"
}

image "hero" {
  for_each     = local.ratios
  prompt       = "${local.site.hero}, ${module.style.direction}"
  aspect_ratio = each.value
  seed         = 21
  output       = "public/hero-${each.key}.webp"
}

image "product" {
  prompt       = "${local.site.product} on a plain ground, ${module.style.direction}"
  aspect_ratio = "square"
  seed         = 4
  output       = "public/product.jpg"

  lifecycle {
    postcondition {
      condition     = self.width >= 512 && self.bytes < 4000000
      error_message = "The product picture must be sharp and below 4 MB."
    }
  }
}

video "product" {
  prompt = "The camera moves slowly around the product"
  image  = image.product
  loop   = true
  output = "public/product.mp4"
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

output "pictures" {
  value = {
    hero   = { for name, hero in image.hero : name => hero.path }
    badges = { for language, badges in module.badges : language => badges.paths }
  }
}
