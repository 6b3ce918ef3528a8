using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

/// <summary>The silo's web port: health, metrics, and what OpenTelemetry carries away.</summary>
public sealed class SiloWebTests
{
    private const string Cluster = "web";

    [Fact]
    public async Task It_is_live_and_ready_and_tells_its_memory()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster);
        using var http = new HttpClient();

        Assert.Equal("Healthy", await http.GetStringAsync(Address(silo, "/health/live")));
        JsonElement node = JsonDocument.Parse(await http.GetStringAsync(Address(silo, "/health/ready"))).RootElement.GetProperty("checks").GetProperty("node");

        Assert.Equal("Healthy", node.GetProperty("status").GetString());
        Assert.Equal("Active", node.GetProperty("data").GetProperty("silo").GetString());
        Assert.Equal(256 << 20, node.GetProperty("data").GetProperty("capacityBytes").GetInt64());
    }

    [Fact]
    public async Task Nearly_full_memory_is_degraded_and_still_ready()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:Capacity", "16MiB");
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo);
        using var http = new HttpClient();
        List<MemoryLease> held = [];
        while (await client.Fabric.TryLeaseAsync(PoolNames.Default, 64 << 10) is { } lease) held.Add(lease);

        using HttpResponseMessage answer = await http.GetAsync(Address(silo, "/health/ready"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Degraded", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetString());
        foreach (MemoryLease lease in held) await lease.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_whose_Redis_is_gone_is_live_but_not_ready_and_says_why()
    {
        RedisServer redis = await RedisServer.StartAsync();
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:Redis", redis.Address);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Address(silo, "/health/ready"))).StatusCode);

        await redis.DisposeAsync();

        await Eventually.TrueAsync(
            async () => (await http.GetAsync(Address(silo, "/health/ready"))).StatusCode == HttpStatusCode.ServiceUnavailable, "it is not ready");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Address(silo, "/health/live"))).StatusCode);
    }

    [Fact]
    public async Task Metrics_tell_of_the_pool_and_of_Orleans()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster);
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo);
        await using MemoryLease lease = await client.Fabric.LeaseAsync(1 << 20);
        using var http = new HttpClient();

        // A scrape within the exporter's cache may be of a moment ago.
        await Eventually.TrueAsync(
            async () => (await http.GetStringAsync(Address(silo, "/metrics"))).Split('\n').Any(
                line => line.StartsWith("orleanspool_leased_bytes{", StringComparison.Ordinal) && line.Contains(" 1048576", StringComparison.Ordinal)),
            "the lease shows");
        string metrics = await http.GetStringAsync(Address(silo, "/metrics"));

        foreach (string name in new[] { "orleanspool_capacity_bytes", "orleanspool_exhaustions_total", "orleanspool_cache_hits", "orleans_" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_and_traces_go_by_OTLP_where_it_is_configured()
    {
        var received = new ConcurrentDictionary<string, ConcurrentQueue<byte[]>>();
        int port = FreePort.Next();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.GetOrAdd(context.Request.Path, _ => []).Enqueue(body.ToArray());
        });
        await collector.StartAsync();
        await using SiloProcess silo = await SiloProcess.StartAsync(
            "one", Cluster, "--OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{port}", "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
            "--OTEL_METRIC_EXPORT_INTERVAL", "200", "--OTEL_BSP_SCHEDULE_DELAY", "200");
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo);
        await using MemoryLease lease = await client.Fabric.LeaseAsync(100);

        bool Came(string path, string text) => received.GetValueOrDefault(path)?.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0) == true;
        await Eventually.TrueAsync(() => Task.FromResult(Came("/v1/metrics", "orleanspool.capacity")), "metrics come");
        await Eventually.TrueAsync(() => Task.FromResult(Came("/v1/traces", "OrleansPool node lease")), "traces come");
    }

    [Fact]
    public async Task With_port_zero_nothing_listens()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, "--OrleansPool:DashboardPort", "0");

        Assert.Contains("web      off", silo.Process.Output, StringComparison.Ordinal);
        using var socket = new TcpClient();
        await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, silo.DashboardPort));
        await silo.Process.SignalAsync("TERM");
        Assert.Equal(0, await silo.Process.ExitCodeAsync());
    }

    private static string Address(SiloProcess silo, string path) => $"http://127.0.0.1:{silo.DashboardPort}{path}";
}
