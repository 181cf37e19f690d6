#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::content::xml::run(data));
