#include "root_certificate_files.hpp"
#include "sample_pem.hpp"

#include <polytls/pem.hpp>
#include <polytls/root_certificates.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace polytls {
namespace {

namespace fs = std::filesystem;
using namespace testkit;
using detail::certificate_list;
using detail::read_root_certificates;
using testing::ElementsAre;
using testing::HasSubstr;

/// A directory that ends with the test.
class folder {
public:
    explicit folder(std::string_view name)
        : path_(fs::path(testing::TempDir()) /
                ("polytls_" + std::string(name) + "_" + std::to_string(getpid()))) {
        fs::create_directories(path_);
    }

    ~folder() { fs::remove_all(path_); }

    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    std::string write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }

    std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

/// The system's roots are those of these tests, whatever machine they run on.
class one_root_on_this_system final : public testing::Environment {
public:
    void SetUp() override {
        setenv("SSL_CERT_FILE", folder_.write("roots.pem", sample_root_certificate()).c_str(), 1);
        unsetenv("SSL_CERT_DIR");
    }

private:
    folder folder_{"roots"};
};

[[maybe_unused]] const auto* const environment =
    testing::AddGlobalTestEnvironment(new one_root_on_this_system);

std::vector<std::uint8_t> der_of(std::string_view pem) {
    return split_pem(pem)->at(0).der;
}

TEST(root_certificates, are_those_of_the_file_that_the_environment_names) {
    const auto list = root_certificate_list();

    ASSERT_TRUE(list);
    EXPECT_THAT(**list, ElementsAre(der_of(sample_root_certificate())));
    EXPECT_THAT(root_certificates(), ElementsAre(std::string(sample_root_certificate())));
}

TEST(root_certificates, are_read_once_and_shared) {
    EXPECT_EQ(root_certificate_list()->get(), root_certificate_list()->get());
}

TEST(root_certificates, environment_names_a_file_and_directories) {
    setenv("SSL_CERT_DIR", ":/first:/second:", 1);

    const auto places = detail::usual_root_certificate_places();

    unsetenv("SSL_CERT_DIR");
    EXPECT_EQ(places.files.size(), 1U);
    EXPECT_THAT(places.directories, ElementsAre("/first", "/second"));
    EXPECT_FALSE(places.first_only);
}

TEST(root_certificates, without_the_environment_are_the_first_bundle_of_the_system) {
    const std::string before = std::getenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_FILE");

    const auto places = detail::usual_root_certificate_places();

    setenv("SSL_CERT_FILE", before.c_str(), 1);
    EXPECT_EQ(places.files.front(), "/etc/ssl/certs/ca-certificates.crt");
    EXPECT_TRUE(places.first_only);
}

TEST(root_certificates, broken_and_foreign_blocks_of_a_bundle_are_passed_over) {
    const folder here("broken");
    const std::string bundle =
        "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n" +
        std::string(sample_leaf_certificate()) + std::string(sample_leaf_key()) +
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" +
        "-----BEGIN CERTIFICATE-----\nAAAA\n" + std::string(sample_root_certificate()) +
        "-----BEGIN CERTIFICATE-----\nAAAA";

    const auto list = read_root_certificates({.files = {here.write("bundle.pem", bundle)}});

    ASSERT_TRUE(list);
    EXPECT_THAT(*list,
                ElementsAre(der_of(sample_leaf_certificate()), der_of(sample_root_certificate())));
}

TEST(root_certificates, of_a_directory_are_its_certificate_files_each_once) {
    const folder here("directory");
    const auto der = der_of(sample_leaf_certificate());
    here.write("b.pem", sample_root_certificate());
    here.write("5ad8a5d6.0", sample_root_certificate());
    here.write("c.crt", {reinterpret_cast<const char*>(der.data()), der.size()});
    here.write("notes.txt", sample_trusted_root_certificate());
    fs::create_directory(fs::path(here.path()) / "d.pem");
    fs::create_symlink("gone", fs::path(here.path()) / "e.pem");

    const auto list = read_root_certificates({.directories = {here.path()}});

    ASSERT_TRUE(list);
    EXPECT_THAT(*list, ElementsAre(der_of(sample_root_certificate()), der));
}

TEST(root_certificates, only_files_with_a_certificates_name_count_in_a_directory) {
    const folder here("names");
    for (const char* name :
         {"a.txt", "5ad8a5d6.r0", "5ad8a5d.0", "5ad8a5dg.0", "5ad8a5d6.", "pem"}) {
        here.write(name, sample_root_certificate());
    }

    EXPECT_FALSE(read_root_certificates({.directories = {here.path()}}));
}

TEST(root_certificates, of_alternatives_are_the_first_that_has_any) {
    const folder here("alternatives");
    const auto empty = here.write("empty.pem", "");
    const auto first = here.write("first.pem", sample_root_certificate());
    const auto second = here.write("second.pem", sample_leaf_certificate());

    const auto list =
        read_root_certificates({.files = {"/nowhere", empty, first, second}, .first_only = true});

    ASSERT_TRUE(list);
    EXPECT_THAT(*list, ElementsAre(der_of(sample_root_certificate())));
}

TEST(root_certificates, not_found_names_every_place) {
    const auto list = read_root_certificates(
        {.files = {"/nowhere/a.pem", "/nowhere/b.pem"}, .directories = {"/nowhere/certs"}});

    ASSERT_FALSE(list);
    EXPECT_TRUE(list.error().code == errc::no_root_certificates);
    EXPECT_THAT(list.error().message,
                HasSubstr("looked in /nowhere/a.pem, /nowhere/b.pem, /nowhere/certs"));
}

}  // namespace
}  // namespace polytls
