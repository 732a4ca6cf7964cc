#include "thread_buffers.hpp"

namespace polytls::detail {
namespace {

struct shared_set {
    std::unique_ptr<thread_buffers> buffers;
    bool lent = false;
};

shared_set& of_this_thread() {
    thread_local shared_set set;
    return set;
}

}  // namespace

buffer_loan::buffer_loan() {
    shared_set& set = of_this_thread();
    if (set.lent) {
        own_ = std::make_unique<thread_buffers>();
        lent_ = own_.get();
        return;
    }
    if (!set.buffers) {
        set.buffers = std::make_unique<thread_buffers>();
    }
    set.lent = true;
    lent_ = set.buffers.get();
}

buffer_loan::~buffer_loan() {
    lent_->outgoing.clear();
    if (!own_) {
        of_this_thread().lent = false;
    }
}

}  // namespace polytls::detail
