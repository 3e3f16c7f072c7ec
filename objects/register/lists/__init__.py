"""Reading an existing list of problem properties: house numbers, words and dates as people write them."""
