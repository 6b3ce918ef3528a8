using System.Globalization;

namespace OrleansPool.Core.Arenas;

/// <summary>What this process may still take: the least of what the machine has available and what its control groups leave.</summary>
/// <param name="AvailableBytes">How many bytes may be taken.</param>
/// <param name="Source">Which rule set the limit, for error messages.</param>
/// <remarks>
/// A control group leaves its limit less its use, where file cache that the kernel would drop first does not count as use (as Kubernetes
/// counts a working set). Every ancestor group is asked, since any of them may be the one that kills. Versions 1 and 2, and both at once.
/// </remarks>
internal sealed record MachineMemory(long AvailableBytes, string Source)
{
    /// <summary>Asks the machine. Elsewhere than on Linux it is what the .NET runtime believes.</summary>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are mounted.</param>
    public static MachineMemory Read(string root = "/")
    {
        if (!OperatingSystem.IsLinux())
            return new MachineMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "the memory that the .NET runtime sees");
        string memoryInfo = Path.Combine(root, "proc/meminfo");
        MachineMemory least = new(
            ReadField(memoryInfo, "MemAvailable:") is { } kibibytes ? kibibytes * 1024 : long.MaxValue, "MemAvailable in /proc/meminfo");
        foreach (MachineMemory group in ReadGroups(root))
        {
            if (group.AvailableBytes < least.AvailableBytes)
                least = group;
        }
        return least;
    }

    private static IEnumerable<MachineMemory> ReadGroups(string root)
    {
        string groups = Path.Combine(root, "sys/fs/cgroup");
        string membership = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(membership))
            yield break;
        foreach (string line in File.ReadAllLines(membership))
        {
            // hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
                continue;
            IEnumerable<MachineMemory> found = parts[1].Length == 0
                ? ReadAncestors(Directory.Exists(Path.Combine(groups, "unified")) ? Path.Combine(groups, "unified") : groups, parts[2], true)
                : parts[1].Split(',').Contains("memory") ? ReadAncestors(Path.Combine(groups, "memory"), parts[2], false) : [];
            foreach (MachineMemory group in found)
                yield return group;
        }
    }

    // Inside a container the path may name the host's tree, which is not mounted: the groups that are missing are passed over.
    private static IEnumerable<MachineMemory> ReadAncestors(string mount, string path, bool isVersion2)
    {
        for (string group = path.Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
        {
            string folder = Path.Combine(mount, group);
            long? limit = ReadNumber(Path.Combine(folder, isVersion2 ? "memory.max" : "memory.limit_in_bytes"));
            long? used = ReadNumber(Path.Combine(folder, isVersion2 ? "memory.current" : "memory.usage_in_bytes"));
            if (limit is { } limitBytes && used is { } usedBytes)
            {
                long droppable = ReadField(Path.Combine(folder, "memory.stat"), isVersion2 ? "inactive_file" : "total_inactive_file") ?? 0;
                long available = Math.Max(0, limitBytes - Math.Max(0, usedBytes - droppable));
                yield return new MachineMemory(available, $"the memory limit of control group '/{group}' (version {(isVersion2 ? 2 : 1)}) less its use");
            }
            if (group.Length == 0)
                yield break;
        }
    }

    // "max", or no file, is no limit.
    private static long? ReadNumber(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;

    private static long? ReadField(string file, string name)
    {
        if (!File.Exists(file))
            return null;
        foreach (string line in File.ReadLines(file))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == name && long.TryParse(words[1], CultureInfo.InvariantCulture, out long value))
                return value;
        }
        return null;
    }
}
