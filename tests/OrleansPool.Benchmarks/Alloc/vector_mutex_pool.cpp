// The textbook pool of fixed-size blocks: free blocks in a vector, guarded by a mutex. Its threads live here, so that calling it costs nothing
// but the pool itself. Times are taken inside, from the moment all threads run to the end of the last.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace {

class Pool {
public:
    Pool(std::size_t block_bytes, std::size_t block_count) : bytes_(block_bytes * block_count, 1) {
        free_.reserve(block_count);
        for (std::size_t i = 0; i < block_count; i++) free_.push_back(bytes_.data() + i * block_bytes);
    }

    std::uint8_t* take() {
        std::lock_guard<std::mutex> guard(mutex_);
        if (free_.empty()) return nullptr;
        std::uint8_t* block = free_.back();
        free_.pop_back();
        return block;
    }

    void give_back(std::uint8_t* block) {
        std::lock_guard<std::mutex> guard(mutex_);
        free_.push_back(block);
    }

private:
    std::mutex mutex_;
    std::vector<std::uint8_t*> free_;
    std::vector<std::uint8_t> bytes_;
};

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void run_threads(int thread_count, const auto& body, std::int64_t& elapsed) {
    std::atomic<int> ready{0};
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < thread_count; t++) {
        threads.emplace_back([&, t] {
            ready.fetch_add(1);
            while (!go.load()) std::this_thread::yield();
            body(t);
        });
    }
    while (ready.load() < thread_count) std::this_thread::yield();
    std::int64_t start = now();
    go.store(true);
    for (std::thread& thread : threads) thread.join();
    elapsed = now() - start;
}

inline void use(std::uint8_t* block) {
    if (block) *static_cast<volatile std::uint8_t*>(block) = 1;
}

}  // namespace

// Every thread takes, touches and gives back a block as often as told. Returns nanoseconds.
extern "C" std::int64_t pool_run(int thread_count, std::int64_t operations, int block_bytes, int block_count) {
    Pool pool(block_bytes, block_count);
    std::int64_t elapsed = 0;
    run_threads(thread_count, [&](int) {
        for (std::int64_t i = 0; i < operations; i++) {
            std::uint8_t* block = pool.take();
            use(block);
            if (block) pool.give_back(block);
        }
    }, elapsed);
    return elapsed;
}

// The same with a time for each operation, written to samples[thread * operations + i].
extern "C" void pool_sample(int thread_count, std::int64_t operations, int block_bytes, int block_count, std::int64_t* samples) {
    Pool pool(block_bytes, block_count);
    std::int64_t elapsed = 0;
    run_threads(thread_count, [&](int t) {
        for (std::int64_t i = 0; i < operations; i++) {
            std::int64_t start = now();
            std::uint8_t* block = pool.take();
            use(block);
            if (block) pool.give_back(block);
            samples[t * operations + i] = now() - start;
        }
    }, elapsed);
}
