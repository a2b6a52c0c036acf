# What is served is made of what was generated, on this machine and for nothing.

# The part of each picture that the page shows, as JPEG for browsers that read
# no WebP.
variant "hero" {
  for_each = local.heroes
  source   = image.hero[each.key]
  width    = each.value.width
  height   = each.value.height
  focus    = each.value.focus
  quality  = 90
  alt      = local.site.hero_alt
  output   = "public/img/hero-${each.key}.jpg"
}

variant "product" {
  for_each = image.product
  source   = each.value
  width    = 960
  height   = 768
  quality  = 90
  alt      = local.site.products[each.key].alt
  output   = "public/img/${each.key}.jpg"
}

# The same in the widths that browsers choose from. An export lists them as the
# srcset of the picture that they show.
variant "hero_width" {
  for_each = merge([
    for name, hero in local.heroes : { for w in hero.widths : "${name}-${w}" => { of = name, width = w } }
  ]...)
  source = variant.hero[each.value.of]
  width  = each.value.width
  output = "public/img/hero-${each.key}.webp"
}

variant "product_width" {
  for_each = { for pair in setproduct(keys(local.site.products), [384, 640, 960]) : join("-", pair) => pair }
  source   = variant.product[each.value[0]]
  width    = each.value[1]
  output   = "public/img/${each.key}.webp"
}

variant "poster" {
  source = var.poster_at == null ? image.counter : video.product
  at     = var.poster_at
  width  = 1280
  height = 720
  focus  = "top"
  output = "public/img/product-poster.jpg"
}

# For links to the page in social media.
variant "share" {
  source = image.hero["wide"]
  width  = 1200
  height = 630
  focus  = "top"
  output = "public/img/share.jpg"
}

# 16, 32 and 48 pixels in one file, and what telephones put on their screens.
variant "favicon" {
  source = image.mark
  output = "public/favicon.ico"
}

variant "touch_icon" {
  source = image.mark
  width  = 180
  output = "public/apple-touch-icon.png"
}

locals {
  shown = [
    variant.hero, variant.hero_width, variant.product, variant.product_width, variant.poster, variant.share,
    variant.favicon, variant.touch_icon, video.product,
  ]
  badges = [for language, badges in module.badges : badges.badges]
}

# The page. Every path, size and text about a picture in it is of these assets.
export "page" {
  assets   = concat(local.shown, [module.badges["en"].badges])
  template = "page.html.tmpl"
  base     = "public"
  output   = "public/index.html"
}

# The same for code: all languages, and a blurred likeness of each picture.
export "assets" {
  assets      = concat(local.shown, local.badges)
  format      = "typescript"
  base        = "public"
  placeholder = "thumbhash"
  output      = "src/assets.gen.ts"
}
