#include <polytls/core/version.hpp>

#include <gtest/gtest.h>

#include <string>

namespace polytls {
namespace {

TEST(version, of_the_library_is_that_of_the_headers) {
    const std::string headers = std::to_string(POLYTLS_VERSION_MAJOR) + "." +
                                std::to_string(POLYTLS_VERSION_MINOR) + "." +
                                std::to_string(POLYTLS_VERSION_PATCH);

    EXPECT_EQ(library_version(), headers);
}

}  // namespace
}  // namespace polytls
