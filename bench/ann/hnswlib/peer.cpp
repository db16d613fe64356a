// hnswlib under the bench's command: reads one command a line, answers each with one line.
//   build THREADS          -> seconds
//   save FILE | load FILE  -> ok
//   memory                 -> resident bytes of the process, the raw vectors given back
//   search EF THREADS FILE -> seconds for all queries; their neighbours go to FILE as int32[queries][10]
// Usage: peer BASE QUERIES DIMENSION ip|l2; vectors are raw float32, for cosine of length 1.
#include <hnswlib/hnswlib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

constexpr size_t K = 10, M = 16, EfConstruction = 200;

using Graph = hnswlib::HierarchicalNSW<float>;

static std::vector<float> readFloats(const std::string &path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::vector<float> floats(static_cast<size_t>(file.tellg()) / sizeof(float));
    file.seekg(0);
    file.read(reinterpret_cast<char *>(floats.data()), floats.size() * sizeof(float));
    return floats;
}

static double secondsOf(size_t count, int threads, const std::function<void(size_t)> &work) {
    auto began = std::chrono::steady_clock::now();
    std::atomic<size_t> next{0};
    auto run = [&] {
        for (size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; i++) others.emplace_back(run);
    run();
    for (auto &other : others) other.join();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

static size_t residentBytes() {
    size_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

int main(int, char **arguments) {
    auto base = readFloats(arguments[1]);
    const auto queries = readFloats(arguments[2]);
    const size_t dimension = std::stoul(arguments[3]);
    const size_t count = base.size() / dimension, queryCount = queries.size() / dimension;
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    if (std::string(arguments[4]) == "ip") space = std::make_unique<hnswlib::InnerProductSpace>(dimension);
    else space = std::make_unique<hnswlib::L2Space>(dimension);
    std::unique_ptr<Graph> graph;
    std::vector<int> found(queryCount * K);

    for (std::string command; std::cin >> command;) {
        if (command == "build") {
            int threads;
            std::cin >> threads;
            graph = std::make_unique<Graph>(space.get(), count, M, EfConstruction);
            graph->addPoint(base.data(), 0);
            printf("%f\n", secondsOf(count - 1, threads, [&](size_t i) {
                graph->addPoint(base.data() + (i + 1) * dimension, i + 1);
            }));
        } else if (command == "save" || command == "load") {
            std::string file;
            std::cin >> file;
            if (command == "save") graph->saveIndex(file);
            else graph = std::make_unique<Graph>(space.get(), file);
            puts("ok");
        } else if (command == "memory") {
            std::vector<float>().swap(base);
            printf("%zu\n", residentBytes());
        } else if (command == "search") {
            int ef, threads;
            std::string file;
            std::cin >> ef >> threads >> file;
            graph->setEf(ef);
            const double seconds = secondsOf(queryCount, threads, [&](size_t i) {
                auto nearest = graph->searchKnn(queries.data() + i * dimension, K);
                for (size_t at = i * K; !nearest.empty(); nearest.pop()) found[at++] = (int)nearest.top().second;
            });
            std::ofstream(file, std::ios::binary)
                .write(reinterpret_cast<const char *>(found.data()), found.size() * sizeof(int));
            printf("%f\n", seconds);
        }

        fflush(stdout);
    }
}
