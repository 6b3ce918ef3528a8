using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Transport;

namespace OrleansPool.Cluster.Tests.DataPorts;

/// <summary>A silo whose process stands still for a while, with operations under way: as when its machine is suspended.</summary>
public sealed class StoppedSiloTests
{
    private const string Cluster = "stopped";
    private const int SomeCount = 50;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Whoever_is_patient_gets_every_result_and_every_addition_is_carried_out_once()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster);
        var log = new RouteLog();
        await using FabricClient client = await FabricClient.ConnectAsync(
            Cluster, silo, options => (options.CallPatience, options.DataPlane) = (TimeSpan.FromMinutes(2), Limits(Soon)), log, responseTimeout: 2 * Soon);
        await using PortLoad load = await PortLoad.StartAsync(client.Fabric);
        await load.UntilDoneAsync(SomeCount, "operations go by the data port");

        await silo.Process.SignalAsync("STOP");
        await Eventually.TrueAsync(() => Task.FromResult(log.Lines.Count > 0), "the client gives the data port up");
        await silo.Process.SignalAsync("CONT");

        // What was sent before it stood still is carried out now, beside what was asked again under the same ids.
        await load.UntilDoneAsync(SomeCount, "operations go on");
        (long done, _, long sum) = await load.EndAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(done, sum);
    }

    [Fact]
    public async Task Whoever_is_not_gets_errors_that_say_what_is_known()
    {
        await using SiloProcess silo = await SiloProcess.StartAsync("one", Cluster);
        await using FabricClient client = await FabricClient.ConnectAsync(
            Cluster, silo, options => (options.CallPatience, options.DataPlane) = (Soon, Limits(Soon)), responseTimeout: 2 * Soon);
        await using PortLoad load = await PortLoad.StartAsync(client.Fabric);
        await load.UntilDoneAsync(SomeCount, "operations go by the data port");

        await silo.Process.SignalAsync("STOP");
        await load.UntilFailedAsync("everybody is told, though the silo says nothing");
        await silo.Process.SignalAsync("CONT");

        await load.UntilDoneAsync(SomeCount, "operations go on");
        (long done, long unknown, long sum) = await load.EndAsync();
        Assert.InRange(sum, done, done + unknown);
    }

    private static TransportOptions Limits(TimeSpan patience) => new() { AnswerMax = patience, HandshakeMax = patience };
}
