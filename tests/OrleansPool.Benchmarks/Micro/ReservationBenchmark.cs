using BenchmarkDotNet.Attributes;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Benchmarks.Micro;

/// <summary>A block of a reservation, taken and given back.</summary>
[MemoryDiagnoser]
public class ReservationBenchmark
{
    private const int BlockBytes = 4 << 10;
    private const int BlockCount = 1024;
    private Arena? _arena;
    private Reservation? _reservation;

    [GlobalSetup]
    public void Setup()
    {
        _arena = Arena.Map(new ArenaOptions { CapacityBytes = 2L * BlockBytes * BlockCount });
        if (!Reservation.TryMake(_arena, BlockBytes, BlockCount, "benchmark", out _reservation))
            throw new InvalidOperationException("The arena is too small for the reservation.");
    }

    [Benchmark]
    public bool TakeAndReturn()
    {
        if (!_reservation!.TryTake(out LocalBlock block, out Span<byte> bytes)) return false;
        bytes[0] = 1;
        _reservation.Return(block);
        return true;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _reservation!.Dispose();
        _arena!.Dispose();
    }
}
