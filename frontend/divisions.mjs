// The administrative divisions of China as JSON; tools/build_text.py adds dialling codes and puts it where it is read:
//
//   [["110000", "北京市"], ["110100", "北京市"], ["110101", "东城区"], …]      sorted by code
//
// Six digits, two each for province, city, district; the parent of a code is itself with its last pair that is
// not 00 set to 00. Where the source puts a placeholder for a city ("县", "省直辖县", "自治区直辖县级行政区划":
// the districts below hang on the province itself) the row is left out, so no one ever chooses a place called "县".
import { areaList } from "@vant/area-data";

const PLACEHOLDER = /^县$|直辖县/;

export async function divisions() {
  const rows = [areaList.province_list, areaList.city_list, areaList.county_list]
    .flatMap((list) => Object.entries(list))
    .filter(([code, name]) => /^\d{6}$/.test(code) && !PLACEHOLDER.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;
}
