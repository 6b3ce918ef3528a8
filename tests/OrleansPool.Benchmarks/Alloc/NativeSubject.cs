using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansPool.Benchmarks.Alloc;

/// <summary>The textbook pool in C++, compiled here and now; its threads run in C++.</summary>
internal sealed unsafe class NativeSubject : IAllocSubject
{
    private readonly int _blockBytes;
    private readonly int _blockCount;
    private readonly delegate* unmanaged<int, long, int, int, long> _run;
    private readonly delegate* unmanaged<int, long, int, int, long*, void> _sample;

    public NativeSubject(int blockBytes, int blockCount)
    {
        _blockBytes = blockBytes;
        _blockCount = blockCount;
        string folder = Directory.CreateTempSubdirectory("vector-mutex-pool").FullName;
        string library = Path.Combine(folder, "libvector_mutex_pool.so");
        Skipped = Compile(library);
        if (Skipped is not null)
            return;
        nint handle = NativeLibrary.Load(library);
        _run = (delegate* unmanaged<int, long, int, int, long>)NativeLibrary.GetExport(handle, "pool_run");
        _sample = (delegate* unmanaged<int, long, int, int, long*, void>)NativeLibrary.GetExport(handle, "pool_sample");
        Directory.Delete(folder, recursive: true); // the loader keeps the file open
    }

    public string Name => "C++ vector+mutex";

    public string? Skipped { get; }

    public (TimeSpan Elapsed, long AllocatedBytes) Run(int threadCount, long operationsPerThread) =>
        (TimeSpan.FromMicroseconds(_run(threadCount, operationsPerThread, _blockBytes, _blockCount) / 1000.0), 0);

    public long[] Sample(int threadCount, long operationsPerThread)
    {
        long[] samples = new long[threadCount * operationsPerThread];
        fixed (long* first = samples)
            _sample(threadCount, operationsPerThread, _blockBytes, _blockCount, first);
        return samples;
    }

    private static string? Compile(string library)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Alloc", "vector_mutex_pool.cpp");
        try
        {
            using Process? compiler = Process.Start(
                new ProcessStartInfo("g++", ["-std=c++20", "-O2", "-shared", "-fPIC", "-pthread", "-o", library, source]) { RedirectStandardError = true });
            string? errors = compiler?.StandardError.ReadToEnd();
            compiler?.WaitForExit();
            return compiler is { ExitCode: 0 } ? null : $"g++ failed: {errors}";
        }
        catch (Win32Exception)
        {
            return "g++ is not installed";
        }
    }
}
