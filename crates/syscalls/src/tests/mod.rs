mod format;
mod memory;
mod outputs;
mod table;
