using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Tests.Leases;

/// <summary>Spilled leases, quotas and a changed configuration through the public interface, on a silo with a spill file.</summary>
public sealed class SpilledLeaseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spill").FullName;
    private readonly ChangeSource _changes = new();
    private string _quota = "64KiB";
    private FabricCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await FabricCluster.StartAsync(
        1,
        pool =>
        {
            pool.Capacity("8MiB").SpillTo(Path.Combine(_folder, "spill"), "8MiB")
                .Pool("wide", wide => wide.BlockSize("64KiB"))
                .Pool("owned", owned => owned.Quota("1MiB").QuotaPerOwner(_quota, leases: 3));
        },
        silo => silo.Services.AddSingleton<IOptionsChangeTokenSource<OrleansPoolOptions>>(_changes));

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, FromEachFace]
    public async Task A_spilled_lease_is_a_lease_and_keeps_its_token_when_it_moves_into_memory(Face face)
    {
        IMemoryFabric fabric = _cluster.As(face);
        var memory = new List<MemoryLease>();
        while (await fabric.TryLeaseAsync("wide", 64 << 10) is { } one) memory.Add(one);
        await using MemoryLease spilled = await fabric.LeaseAsync("wide", 200_000, new LeaseOptions { Spill = LeaseSpill.AfterWait });
        byte[] bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        await spilled.WriteAsync(0, bytes);
        NodeReport node = (await _cluster.NodesAsync(face))[0];
        Assert.Equal((8L << 20, 4L * (64 << 10)), (node.SpillCapacityBytes, node.SpilledBytes));

        Task adding = Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++) await spilled.AddAsync(0, 1);
        });
        foreach (MemoryLease one in memory) await one.DisposeAsync();
        await FabricCluster.UntilAsync(async () => (await _cluster.NodesAsync(face))[0].SpilledBytes == 0, "the lease moves into memory");
        await adding;

        byte[] read = new byte[bytes.Length];
        await using MemoryLease view = await fabric.OpenAsync(spilled.Token);
        await view.ReadAsync(0, read);
        Assert.Equal(BitConverter.ToInt64(bytes) + 500, BitConverter.ToInt64(read));
        Assert.Equal(bytes[8..], read[8..]);
        await spilled.DisposeAsync();
        await _cluster.AssertNothingLeasedAsync("wide");
    }

    [Theory, FromEachFace]
    public async Task A_quota_says_whose_it_is_and_how_much_is_held_and_a_raised_one_applies_at_once(Face face)
    {
        IMemoryFabric fabric = _cluster.As(face);
        var mine = new LeaseOptions { Owner = "camera", WaitUpTo = FabricCluster.WaitMax };
        await using MemoryLease held = await fabric.LeaseAsync("owned", 64 << 10, mine);

        var error = await Assert.ThrowsAsync<PoolQuotaExceededException>(async () => await fabric.LeaseAsync("owned", 1, mine));

        Assert.Equal((PoolLimit.OwnerBytes, "camera", 65536L, 65536L), (error.Limit, error.Owner, error.Held, error.Max));
        Assert.Contains("'camera' holds 65536 of at most 65536 bytes", error.Message, StringComparison.Ordinal);
        await (await fabric.LeaseAsync("owned", 4096, new LeaseOptions { Owner = "other" })).DisposeAsync();
        _quota = "128KiB";
        _changes.Change();
        await (await fabric.LeaseAsync("owned", 1, mine)).DisposeAsync();
        _quota = "64KiB";
        _changes.Change();
    }

    private sealed class ChangeSource : IOptionsChangeTokenSource<OrleansPoolOptions>
    {
        private CancellationTokenSource _source = new();

        public string? Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(_source.Token);

        public void Change()
        {
            using CancellationTokenSource old = Interlocked.Exchange(ref _source, new CancellationTokenSource());
            old.Cancel();
        }
    }
}
