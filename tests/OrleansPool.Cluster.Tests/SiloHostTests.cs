using System.Net;
using System.Net.Sockets;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

/// <summary>The silo host as its operator meets it.</summary>
public sealed class SiloHostTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_starts_without_configuration_says_what_it_did_and_stops_with_code_zero(string signal)
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", "alone");
        string[] lines = silo.Process.Output.Split('\n');
        Assert.Contains(lines, line => line.Contains("256 MiB mapped and resident", StringComparison.Ordinal));
        Assert.Single(lines, "silo ready");
        await using (FabricClient client = await FabricClient.ConnectAsync("alone", silo))
        {
            await using MemoryRegion region = await client.Fabric.OpenRegionAsync("hello", 100);
            await region.WriteAsync(0, "hello"u8.ToArray());
        }

        await silo.Process.SignalAsync(signal);

        Assert.Equal(0, await silo.Process.ExitCodeAsync());
        Assert.Contains("silo stopped", silo.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "--OrleansPool:Capacity", "900TiB" }, "may take")]
    [InlineData(new[] { "--OrleansPool:Capacity", "lots" }, "'lots'")]
    [InlineData(new[] { "--OrleansPool:Pools:0:Name", "frames", "--OrleansPool:Pools:0:BlockSize", "3KiB" }, "power of two")]
    [InlineData(new[] { "--OrleansPool:Pools:0:Name", "frames", "--OrleansPool:Pools:1:Name", "frames" }, "2 pools named 'frames'")]
    [InlineData(new[] { "--OrleansPool:Address", "nowhere" }, "'nowhere'")]
    [InlineData(new[] { "--OrleansPool:ProbeTimeout", "soon" }, "soon")]
    [InlineData(new[] { "--OrleansPool:Redis", "127.0.0.1:1" }, "Redis does not answer")]
    [InlineData(new[] { "--OrleansPool:GatewayPort", "70000" }, "GatewayPort is 70000")]
    [InlineData(new[] { "--OrleansPool:DashboardPort", "70000" }, "DashboardPort is 70000")]
    [InlineData(new[] { "--OrleansPool:DashboardAddress", "everywhere" }, "'everywhere'")]
    public async Task Wrong_configuration_ends_it_with_one_clear_line(string[] settings, string said)
    {
        await using SiloProcess silo = await SiloProcess.BeginAsync("one", "alone", settings);

        Assert.Equal(1, await silo.Process.ExitCodeAsync());

        Assert.DoesNotContain("silo ready", silo.Process.Output, StringComparison.Ordinal);
        string line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("The silo did not start: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    [InlineData("DashboardPort")]
    public async Task A_port_in_use_is_named(string setting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using SiloProcess silo = await SiloProcess.BeginAsync("one", "alone", $"--OrleansPool:{setting}", $"{port}");

        Assert.Equal(1, await silo.Process.ExitCodeAsync());

        Assert.Contains(silo.Process.Errors.Split('\n'), line => line.StartsWith("The silo did not start: ", StringComparison.Ordinal)
            && line.Contains($"{setting} {port}", StringComparison.Ordinal));
    }
}
