//! What machine the figures are of.

use std::fs;

/// The processor and its caches, as the system names them.
pub fn describe() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(": ").map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let numbers = ["cpu family", "model\t", "stepping"].map(|name| field(name).unwrap_or_else(|| "?".into()));
    let caches: Vec<_> = (0..8).filter_map(cache).collect();
    format!(
        "{} (family, model, stepping {}), {cores} cores, caches of the first: {}",
        field("model name").unwrap_or_else(|| "unknown processor".into()),
        numbers.join(", "),
        caches.join(", ")
    )
}

fn cache(index: usize) -> Option<String> {
    let read = |name: &str| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}");
        fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
    };
    Some(format!("L{} {} {}", read("level")?, read("type")?, read("size")?))
}
