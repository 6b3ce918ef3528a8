using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Transport;

namespace OrleansPool.Cluster.Tests.DataPorts;

/// <summary>A silo of which only the data port cannot be reached for a while.</summary>
public sealed class CutDataPortTests
{
    private const string Cluster = "cut";
    private const int SomeCount = 50;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Operations_go_on_by_grain_calls_which_is_said_once_and_by_the_port_again_when_it_is_back(bool isHeld)
    {
        await using var relay = new Relay(FreePort.Next());
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster, relay.Settings);
        var log = new RouteLog();
        var limits = new TransportOptions { AnswerMax = TimeSpan.FromSeconds(1), HandshakeMax = TimeSpan.FromSeconds(1) };
        await using FabricClient client = await FabricClient.ConnectAsync(Cluster, silo, options => options.DataPlane = limits, log);
        await using PortLoad load = await PortLoad.StartAsync(client.Fabric);
        await load.UntilDoneAsync(SomeCount, "operations go by the data port");
        Assert.True(relay.ByteCount > SomeCount, $"{relay.ByteCount} bytes went by the port");
        Assert.Empty(log.Lines);

        if (isHeld) relay.Hold();
        else relay.Cut();
        await Eventually.TrueAsync(() => Task.FromResult(log.Lines.Count > 0), "the client says that it goes by grain calls");
        long passedBefore = relay.ByteCount;
        await load.UntilDoneAsync(SomeCount, "operations go on by grain calls");
        Assert.Equal(passedBefore, relay.ByteCount);

        int connectionsBefore = relay.ConnectionCount;
        relay.Restore();
        await Eventually.TrueAsync(() => Task.FromResult(relay.ConnectionCount > connectionsBefore), "the client connects again");
        await Eventually.TrueAsync(() => Task.FromResult(relay.ByteCount > passedBefore + (SomeCount * 4096)), "bytes go by the port again");

        (long done, _, long sum) = await load.EndAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(done, sum);
        Assert.Contains("goes by grain calls", Assert.Single(log.Lines), StringComparison.Ordinal);
    }
}
