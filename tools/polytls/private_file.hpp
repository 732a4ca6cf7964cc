#pragma once

#include <fstream>
#include <ios>
#include <memory>
#include <string>

namespace polytls::tool {

/// Opens a file for writing that nobody but its owner may read, when it is new: for what opens
/// connections to whoever has it.
std::unique_ptr<std::ofstream> open_private(const std::string& path, std::ios::openmode mode);

}  // namespace polytls::tool
