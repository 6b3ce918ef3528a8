using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.DataPlane;

/// <summary>Data ports that are secured, shut, or close.</summary>
public sealed class DataPortTests : IDisposable
{
    private const int Block = 4096;

    private readonly LoopbackCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Over_TLS_with_certificates_on_both_sides_bytes_go_by_the_port()
    {
        (string certificate, string key) = (_certificate.CertificateFile, _certificate.KeyFile);
        var calls = new CountedCalls();
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1,
            pool => (pool.Options.DataCertificateFile, pool.Options.DataCertificateKeyFile, pool.Options.DataAuthorityFile) = (certificate, key, certificate),
            silo => silo.AddIncomingGrainCallFilter(calls.FilterAsync),
            configureClient: client =>
            {
                client.UsesDataTls = true;
                (client.DataCertificateFile, client.DataCertificateKeyFile, client.DataAuthorityFile) = (certificate, key, certificate);
            });

        await WriteAndReadAsync(cluster);

        Assert.Equal(0, calls.OfCaches(nameof(ICacheGrain.ReadAsync)));
    }

    [Fact]
    public async Task Whoever_shows_no_certificate_is_served_by_grain_calls()
    {
        (string certificate, string key) = (_certificate.CertificateFile, _certificate.KeyFile);
        var calls = new CountedCalls();
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1,
            pool => (pool.Options.DataCertificateFile, pool.Options.DataCertificateKeyFile, pool.Options.DataAuthorityFile) = (certificate, key, certificate),
            silo => silo.AddIncomingGrainCallFilter(calls.FilterAsync),
            configureClient: client => (client.UsesDataTls, client.DataAuthorityFile) = (true, certificate));

        await WriteAndReadAsync(cluster);

        Assert.True(calls.OfCaches(nameof(ICacheGrain.ReadAsync)) > 0);
    }

    [Theory]
    [InlineData("a key", true)]
    [InlineData("another key", false)]
    [InlineData(null, false)]
    public async Task Whoever_knows_the_key_is_served_by_the_port_and_others_by_grain_calls(string? key, bool isByPort)
    {
        var calls = new CountedCalls();
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1, pool => pool.Options.DataKey = "a key", silo => silo.AddIncomingGrainCallFilter(calls.FilterAsync),
            configureClient: client => client.DataKey = key);

        await WriteAndReadAsync(cluster);

        Assert.Equal(isByPort, calls.OfCaches(nameof(ICacheGrain.ReadAsync)) == 0);
    }

    [Fact]
    public async Task Of_a_silo_that_leaves_its_memory_is_said_to_be_lost()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(2);
        MemoryLease lease = await cluster.InSilo(1).LeaseAsync(PoolNames.Default, Block);
        LeaseToken token = lease.Detach();
        await using MemoryLease view = await cluster.Client.OpenAsync(token);
        await view.WriteAsync(0, new byte[Block]);
        Task reads = Task.Run(async () =>
        {
            byte[] buffer = new byte[Block];
            while (true) await view.ReadAsync(0, buffer);
        });

        await cluster.Cluster.StopSiloAsync(cluster.Cluster.Silos[1]);

        await Assert.ThrowsAsync<PoolDataLossException>(() => reads.WaitAsync(FabricCluster.WaitMax));
    }

    private static async Task WriteAndReadAsync(FabricCluster cluster)
    {
        await using MemoryLease lease = await cluster.Client.LeaseAsync(PoolNames.Default, 64 * Block);
        byte[] bytes = new byte[64 * Block];
        Random.Shared.NextBytes(bytes);
        await lease.WriteAsync(0, bytes);
        byte[] read = new byte[bytes.Length];
        await lease.ReadAsync(0, read);
        Assert.Equal(bytes, read);
        await lease.ReadAsync(Block, read.AsMemory(0, Block));
        Assert.Equal(bytes.AsSpan(Block, Block), read.AsSpan(0, Block));
    }
}
