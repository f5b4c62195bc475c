"""The one shared look: base pages, components, forms, maps, charts. Plain data in, HTML out."""
