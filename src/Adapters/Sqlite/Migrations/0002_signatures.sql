-- The signature under id, number of events and head, made anew with each write: who changes the file without the key cannot make a fitting one.
ALTER TABLE incidents ADD COLUMN signed_by TEXT;
ALTER TABLE incidents ADD COLUMN signature TEXT;
