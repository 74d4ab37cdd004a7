"""What each hazard file of the pack must come to, as MANIFEST.md tells it, in words of ours."""

from dataclasses import dataclass

READ, ASKED, REFUSED = "read", "asked", "refused"


@dataclass(frozen=True)
class Expected:
    """The verdict on a file, words its sentence or figures must hold, and its product if known."""

    verdict: str
    says: tuple[str, ...] = ()
    product: str | None = None


NO_CRS = Expected(ASKED, ("coordinate system",))
NO_PLACE = Expected(REFUSED, ("where its cells lie",))
POINTS, LINES = Expected(REFUSED, ("points",)), Expected(REFUSED, ("lines",))
CLIMADA, INASAFE, MOM = "hazard/climada/", "hazard/idn_inasafe/", "hazard/mom_forecast/"

VERDICTS: dict[str, Expected] = {
    f"{CLIMADA}eur_windstorm_fp_lothar_crop-test.nc": Expected(
        READ, ("113 x 88", "m s-1"), "grid-wind-speed"
    ),
    f"{CLIMADA}flddph_2000_DEMO.nc": Expected(
        READ, ("230 x 247", "8,738 without", "0 to 10.5475", "EPSG:4326"), "grid-water-depth"
    ),
    f"{CLIMADA}fldfrc_2000_DEMO.nc": Expected(READ, ("8,738 without", "0 to 0.9968")),
    f"{CLIMADA}landslide_hist_test.shp": POINTS,
    f"{CLIMADA}landslide_prob_test.tif": Expected(ASKED, ("coordinate system",), "grid-classes"),
    f"{INASAFE}classified_flood_20_20.asc": Expected(ASKED, ("coordinate system",), "grid-classes"),
    f"{INASAFE}continuous_flood_20_20.asc": Expected(
        ASKED, ("coordinate system",), "grid-water-depth"
    ),
    f"{INASAFE}flood_multipart_polygons.shp": Expected(READ, ("31 polygons", "EPSG:4326")),
    f"{INASAFE}jakarta_flood_design.tif": Expected(
        READ, ("66 x 55", "0 without", "0 to 1.6885"), "grid-water-depth"
    ),
    f"{INASAFE}shake_20131105060809_grid.xml": Expected(ASKED, ("3 MMI",), "shakemap"),
    f"{MOM}phl_2022102912_Watch.geojson": Expected(
        READ, ("5 polygons", "1 mended"), "mom-forecast"
    ),
    f"{MOM}phl_2022103100_Warning.geojson": Expected(
        READ, ("5 polygons", "1 mended"), "mom-forecast"
    ),
    "hazard/phl_vamco2020_flood_mask_50m_utm51n.tif": Expected(
        READ, ("1,680 x 4,220", "0 without", "0 to 1", "EPSG:32651"), "grid-classes"
    ),
    "hazard/phl_vamco2020_flood_unosat.geojson": Expected(READ, ("1 polygon",), "unosat"),
    "hazard/phl_vamco2020_rain_wind_by_adm3.csv": Expected(
        REFUSED, ("which areas its codes stand for",), "table-by-area"
    ),
    "hazard/phl_vamco2020_track_3h.geojson": Expected(REFUSED, ("points",), "cyclone-track"),
    "hazard/phl_vamco2020_wind_ms.tif": Expected(
        READ, ("140 x 272", "0 to 53.6922 m/s"), "grid-wind-speed"
    ),
    "nasty/fastkml_Document-places.kml": POINTS,
    "nasty/fastkml_KML_Samples.kml": Expected(ASKED, ("Google Campus", "Extruded Polygon")),
    "nasty/fastkml_small_world.kmz": Expected(READ, ("1 polygon",)),
    "nasty/fiona_gre.shp": Expected(READ, ("1 polygon", "EPSG:4326")),
    "nasty/fiona_grenada.geojson": Expected(READ, ("1 polygon", "EPSG:4326")),
    "nasty/fiona_test_tz.geojson": POINTS,
    "nasty/fiona_testopenfilegdb.gdb.zip": Expected(ASKED, ("multipolygon", "polygon25D")),
    "nasty/inasafe_ash_raster_wgs84.tif": Expected(READ, ("51 without", "1 to 6"), "grid-classes"),
    "nasty/inasafe_continuous_flood_unaligned_big_size.tif": Expected(
        READ, ("147.319 to 147.319",), "grid-water-depth"
    ),
    "nasty/inasafe_continuous_vector.geojson": Expected(READ, ("400 polygons", "EPSG:32748")),
    "nasty/inasafe_grid_jakarta.geojson": Expected(READ, ("16 polygons", "EPSG:3857")),
    "nasty/inasafe_people_allow_resampling_true.tif": Expected(READ, ("0 to 1.3909", "EPSG:3857")),
    "nasty/inasafe_southup_no_nodata.tif": Expected(READ, ("101 x 101", "1 to 3.53")),
    "nasty/inasafe_zero_byte.shp": Expected(REFUSED, ("0 bytes",)),
    "nasty/pygeoapi_dutch_addresses_28992.gpkg": POINTS,
    "nasty/pyogrio_curve.gpkg": LINES,
    "nasty/pyogrio_line_zm.gpkg": LINES,
    "nasty/pyogrio_test_gpkg_nulls.gpkg": POINTS,
    "nasty/rasterio_RGBA.uint16.tif": Expected(REFUSED, ("is a picture",)),
    "nasty/rasterio_all-nodata.tif": Expected(REFUSED, ("nothing to show",)),
    "nasty/rasterio_box.shp": Expected(READ, ("1 polygon", "EPSG:32618")),
    "nasty/rasterio_corrupt.tif": Expected(REFUSED, ("cells cannot be read",)),
    "nasty/rasterio_float_nan.tif": NO_CRS,
    "nasty/rasterio_float_raster_with_extra_nodata.tif": Expected(
        READ, ("518 without", "0 to 0.25", "IGNF:ETRS89LAEA")
    ),
    "nasty/rasterio_float_raster_with_nodata.tif": Expected(
        READ, ("58 without", "0 to 0.25", "IGNF:ETRS89LAEA")
    ),
    "nasty/rasterio_issue1446.geojson": LINES,
    "nasty/rasterio_no_band.h5": Expected(ASKED, ("MyGroup/Group_A/dset2", "MyGroup/dset1")),
    "nasty/rasterio_rotated.tif": NO_CRS,
    "nasty/rasterio_test_esri_wkt.tif": Expected(READ, ("2 x 2", "1 to 4"), "grid-classes"),
    "nasty/rasterio_two-subs.h5": Expected(ASKED, ("data, data2",)),
    "nasty/rioxarray_MODIS_ARRAY.nc": Expected(READ, ("200 x 200", "12 without", "79 to 1695")),
    "nasty/rioxarray_cint16.tif": Expected(REFUSED, ("complex numbers",)),
    "nasty/rioxarray_nonstandard_dim.nc": Expected(READ, ("42 without", "293.848 to 294.219")),
    "nasty/rioxarray_test_find_crs.nc": Expected(ASKED, ("blue, green",)),
    "nasty/rioxarray_tmmx_20190121.nc": Expected(
        READ, ("1,386 x 585", "326,931 without", "248.7 to 302.1 K")
    ),
    "nasty/rioxarray_unicode.nc": NO_PLACE,
    "nasty/stars_bcsd_obs_1999.nc": Expected(ASKED, ("pr, tas",)),
    "nasty/stars_reduced.nc": Expected(ASKED, ("sst, anom, err, ice",)),
    "nasty/stars_test_stageiv_xyt_borked.nc": NO_PLACE,
    "nasty/stars_timeseries.nc": NO_PLACE,
    "nasty/tc_track_antimeridian_1980052S16155.nc": Expected(
        REFUSED, ("track of a cyclone",), "cyclone-track"
    ),
}
