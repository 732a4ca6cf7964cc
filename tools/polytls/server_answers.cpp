#include "server_answers.hpp"

#include "common_options.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace polytls::tool {
namespace {

CLI::IsMember an_answer() {
    return CLI::IsMember({"data", "none", "error"});
}

failure refused(const std::string& flag) {
    return make_failure(errc::refused_by_callback, flag + " error", flag);
}

}  // namespace

void server_answers::add_to(CLI::App& command) {
    command.add_option("--session-dir", session_folder_,
                       "keep sessions in files of this folder, which servers may share");
    command.add_option("--session-delay", session_delay_, "milliseconds before a session is found")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--session-answer", session_answer_, "data, none or error")
        ->check(an_answer());
    command.add_option("--ocsp-response", ocsp_file_, "OCSP response to staple, DER");
    command.add_option("--ocsp-delay", ocsp_delay_, "milliseconds before it is there")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--ocsp-answer", ocsp_answer_, "data, none or error")->check(an_answer());
}

std::optional<failure> server_answers::prepare() {
    if (!session_folder_.empty()) {
        sessions_.emplace(session_folder_);
        if (const auto why = sessions_->check()) {
            return make_failure(errc::invalid_argument, "--session-dir: " + *why, "--session-dir");
        }
    }
    if (!ocsp_file_.empty()) {
        auto response = read_flag_file("--ocsp-response", ocsp_file_);
        if (!response) {
            return std::move(response.error());
        }
        ocsp_response_.assign(response->begin(), response->end());
    }
    return std::nullopt;
}

void server_answers::answer(server& asking, asio::io_context& loop, reporter& report) {
    loop_ = &loop;
    report_ = &report;
    if (sessions_) {
        asking.on_new_session(
            [this](bytes id, bytes data, const auto& done) { store(id, data, done); });
        asking.on_resume_session([this](bytes id, const auto& done) { find(id, done); });
    }
    if (!ocsp_file_.empty() || ocsp_answer_ != "data") {
        asking.on_ocsp_request([this](bytes certificate, bytes issuer, const auto& done) {
            staple(certificate, issuer, done);
        });
    }
}

void server_answers::store(bytes id, bytes data, const std::function<void()>& done) {
    report_->event("newSession", 0, {{"sessionId", to_hex(id)}, {"length", data.size()}});
    sessions_->put(id, data);
    after(session_delay_, done);
}

void server_answers::find(bytes id, const late_answer<std::vector<std::uint8_t>>& done) {
    auto found = session_answer_ == "data" ? sessions_->get(id) : std::vector<std::uint8_t>();
    report_->event("resumeSession", 0, {{"sessionId", to_hex(id)}, {"length", found.size()}});
    after(session_delay_, [this, done, found = std::move(found)] {
        session_answer_ == "error" ? done(refused("--session-answer")) : done(found);
    });
}

void server_answers::staple(bytes certificate,
                            bytes issuer,
                            const late_answer<std::vector<std::uint8_t>>& done) {
    report_->event("OCSPRequest", 0,
                   {{"certificateLength", certificate.size()}, {"issuerLength", issuer.size()}});
    after(ocsp_delay_, [this, done] {
        if (ocsp_answer_ == "error") {
            done(refused("--ocsp-answer"));
        } else {
            done(ocsp_answer_ == "data" ? ocsp_response_ : std::vector<std::uint8_t>());
        }
    });
}

void server_answers::after(std::int64_t milliseconds, std::function<void()> call) {
    auto timer =
        std::make_shared<asio::steady_timer>(*loop_, std::chrono::milliseconds(milliseconds));
    timer->async_wait([timer, call = std::move(call)](const asio::error_code&) { call(); });
}

}  // namespace polytls::tool
