using System.Globalization;
using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>
/// Keys of <see cref="INodePoolGrain"/>: the silo's address, and a lane, so that bulk data and control of one node do not wait for
/// one activation. Every lane has its own activation on the same silo.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NodeKey
{
    /// <summary>How many lanes carry data. Lane 0 carries control.</summary>
    public const int DataLaneCount = 4;

    private const char LaneMark = '#';

    /// <summary>The grain that controls a node.</summary>
    public static INodePoolGrain Control(IGrainFactory grains, SiloAddress silo) =>
        grains.GetGrain<INodePoolGrain>(silo.ToParsableString());

    /// <summary>The grain that carries the data of a segment of a node.</summary>
    public static INodePoolGrain Data(IGrainFactory grains, SiloAddress silo, SegmentId segment) =>
        grains.GetGrain<INodePoolGrain>(string.Create(
            CultureInfo.InvariantCulture, $"{silo.ToParsableString()}{LaneMark}{1 + (segment.Value % DataLaneCount)}"));

    /// <summary>Reads the silo out of a key.</summary>
    public static bool TryParse(string key, out SiloAddress? silo)
    {
        silo = null;
        int mark = key.IndexOf(LaneMark, StringComparison.Ordinal);
        try
        {
            silo = SiloAddress.FromParsableString(mark < 0 ? key : key[..mark]);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            return false;
        }
    }
}
