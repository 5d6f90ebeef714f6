using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Architecture.Tests;

/// <summary>A rule or an evidence row is one file and one line in its catalogue; here it shows when the line was forgotten.</summary>
public partial class CatalogueTests
{
    private static readonly Type[] s_types = Assembly.Load("ChatOpsBot.Domain").GetTypes();

    [Fact]
    public void Rules_AllInTheAssembly_AreListedOnce()
    {
        var declared = Declared(typeof(DiagnosisRule)).Select(rule => ((DiagnosisRule)rule).Id).Order().ToArray();
        var listed = Listed("ChatOpsBot.Domain.Diagnosis.Catalogue").Select(rule => ((DiagnosisRule)rule).Id).Order().ToArray();

        Assert.Equal(declared, listed);
    }

    [Fact]
    public void EvidenceSources_AllInTheAssembly_AreListedOnce()
    {
        var declared = Declared(typeof(EvidenceSource)).Select(source => ((EvidenceSource)source).Id).Order().ToArray();
        var listed = Listed("ChatOpsBot.Domain.Evidence.Catalogue").Select(source => ((EvidenceSource)source).Id).Order().ToArray();

        Assert.Equal(declared, listed);
        Assert.NotEmpty(listed);
    }

    [Fact]
    public void Ids_OfRulesAndSources_AreLowerCaseDotted()
    {
        var ids = from type in s_types
                  from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
                  where field is { IsLiteral: true, Name: "Id" } && field.FieldType == typeof(string)
                  select (string)field.GetRawConstantValue()!; // a string constant has a value

        Assert.All(ids, id => Assert.Matches(IdPattern(), id));
        Assert.All(Declared(typeof(EvidenceSource)), source => Assert.Matches(@"\A[ep]\.[a-z]+\z", ((EvidenceSource)source).Id));
        Assert.All(Declared(typeof(DiagnosisRule)), rule => Assert.Matches(IdPattern(), ((DiagnosisRule)rule).Id));
    }

    /// <summary>The values of all static properties of that type outside the catalogues.</summary>
    private static IEnumerable<object> Declared(Type of)
        => from type in s_types
           from property in type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
           where of.IsAssignableFrom(property.PropertyType)
           select property.GetValue(null) ?? throw new InvalidOperationException($"{type.Name}.{property.Name} is null");

    private static IEnumerable<object> Listed(string catalogue)
    {
        var type = Array.Find(s_types, type => type.FullName == catalogue);
        Assert.True(type is not null, $"there is no {catalogue}");
        var list = type.GetProperty("All", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null);
        return Assert.IsAssignableFrom<IEnumerable>(list).Cast<object>();
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*\z")]
    private static partial Regex IdPattern();
}
