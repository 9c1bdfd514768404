-- Content and recipe that the crop search last saw; it runs only when asked for.

ALTER TABLE assets ADD COLUMN crops_content INTEGER;
ALTER TABLE assets ADD COLUMN crops_recipe INTEGER;
