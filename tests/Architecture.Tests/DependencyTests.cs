using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace ChatOpsBot.Architecture.Tests;

public class DependencyTests
{
    private static readonly Assembly s_domain = Assembly.Load("ChatOpsBot.Domain");
    private static readonly Assembly s_application = Assembly.Load("ChatOpsBot.Application");

    private static readonly Assembly s_host = Assembly.Load("chatopsbot");

    /// <summary>What the host composes beside the core.</summary>
    private static readonly Assembly[] s_adapters =
    [
        .. from reference in s_host.GetReferencedAssemblies()
           where reference.Name?.StartsWith("ChatOpsBot.", StringComparison.Ordinal) == true && reference.Name is not ("ChatOpsBot.Domain" or "ChatOpsBot.Application")
           select Assembly.Load(reference),
    ];

    private static IEnumerable<Assembly> Ours => [s_domain, s_application, .. s_adapters, s_host];

    [Fact]
    public void Adapters_OnDisk_AreAllComposedByTheHost()
        => Assert.Equal(
            Directory.GetFiles(Repository.At("src/Adapters"), "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)).Order(),
            s_adapters.Select(NameOf).Select(name => name[(name.LastIndexOf('.') + 1)..]).Order());

    [Fact]
    public void Domain_References_OnlyTheBaseLibrary()
        => Assert.All(References(s_domain), name => Assert.StartsWith("System.", name));

    [Fact]
    public void Domain_References_NoInputOutput()
        => Assert.DoesNotContain(References(s_domain), name => name is "System.Net.Sockets" or "System.Net.Http" or "System.Diagnostics.Process" or "System.Threading.Timer");

    // Besides the domain: the abstractions that composition rests on, and the text diff of a plan's preview.
    [Fact]
    public void Application_References_DomainAndAbstractionsOnly()
        => Assert.All(
            References(s_application),
            name => Assert.True(
                name.StartsWith("System.", StringComparison.Ordinal)
                    || name is "ChatOpsBot.Domain" or "DiffPlex"
                    || (name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && name.EndsWith(".Abstractions", StringComparison.Ordinal)),
                name));

    // The two stores share their SQL; that project is for them alone and connects to nothing.
    [Fact]
    public void Adapters_References_NeitherEachOtherNorTheHost()
        => Assert.All(s_adapters, adapter => Assert.DoesNotContain(
            References(adapter), name => name == "chatopsbot" || (name != "ChatOpsBot.Adapters.Sql" && s_adapters.Any(other => NameOf(other) == name))));

    [Fact]
    public void Methods_Async_AreNeverVoid()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var guilty = from assembly in Ours
                     from type in assembly.GetTypes()
                     from method in type.GetMethods(all)
                     where method.ReturnType == typeof(void) && method.GetCustomAttribute<AsyncStateMachineAttribute>() is not null
                     select $"{type.FullName}.{method.Name}";

        Assert.Empty(guilty);
    }

    [Fact]
    public void Types_Concrete_AreSealed()
    {
        var guilty = from assembly in Ours
                     from type in assembly.GetTypes()
                     where type is { IsClass: true, IsAbstract: false, IsSealed: false } && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null
                     where type.Namespace?.StartsWith("ChatOpsBot", StringComparison.Ordinal) == true && !Ours.SelectMany(other => other.GetTypes()).Any(other => other.BaseType == type)
                     select type.FullName;

        Assert.Empty(guilty);
    }

    private static string NameOf(Assembly assembly) => assembly.GetName().Name ?? "";

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(reference => reference.Name ?? "");
}
